import { Badge, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useTimeText } from "../app/useTimeText";
import type { SignedIn } from "../contract";
import { device } from "./device";
import { useSessions } from "./useSessions";
import { useSignOut } from "./useSignOut";

/** Where this person is signed in, and the ways to end it. */
export function SessionList() {
  const { t } = useTranslation("account");
  const sessions = useSessions();
  const signOut = useSignOut();
  const [isAsking, asking] = useDisclosure(false);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("sessionsHow")}
      </Text>
      <Table verticalSpacing="xs" horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("device")}</Table.Th>
            <Table.Th>{t("since")}</Table.Th>
            <Table.Th>{t("seen")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.data?.sessions.map((session) => (
            <Row key={session.id} session={session} />
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="sm">
        <Button variant="default" onClick={() => signOut.mutate("here")}>
          {t("signOut")}
        </Button>
        <Button variant="light" color="red" onClick={asking.open}>
          {t("everywhere")}
        </Button>
      </Group>
      <Modal opened={isAsking} onClose={asking.close} title={t("everywhere")} closeButtonProps={{ "aria-label": t("close") }}>
        <Text size="sm">{t("everywhereSure")}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={asking.close} data-autofocus>
            {t("cancel")}
          </Button>
          <Button color="red" loading={signOut.isPending} onClick={() => signOut.mutate("everywhere")}>
            {t("everywhereYes")}
          </Button>
        </Group>
      </Modal>
    </Stack>
  );
}

function Row({ session }: { readonly session: SignedIn }) {
  const { t } = useTranslation("account");
  const time = useTimeText();
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <span title={session.user_agent}>{device(session.user_agent) ?? t("unknownDevice")}</span>
          {session.is_this && (
            <Badge variant="light" size="sm" tt="none">
              {t("thisOne")}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>{time.at(session.created_at)}</Table.Td>
      <Table.Td>{time.ago(session.seen_at)}</Table.Td>
    </Table.Tr>
  );
}
