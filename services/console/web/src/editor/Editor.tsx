import { Center, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/useMe";
import { EditorProvider } from "./EditorProvider";
import { Unopened } from "./Unopened";
import { useOpening } from "./useOpening";
import { Workspace } from "./Workspace";

/** The page on which a flow is edited; those who may not edit look at it. */
export default function Editor({ flow }: { readonly flow: string }) {
  const { t } = useTranslation("editor");
  const role = useMe().data?.role;
  const opening = useOpening(flow, role && role === "admin");
  if (opening.error) return <Unopened error={opening.error} onRetry={() => void opening.refetch()} />;
  if (!opening.data) {
    return (
      <Center h="60vh">
        <Loader aria-label={t("loading")} />
      </Center>
    );
  }
  const { definition, base, draft } = opening.data;
  return (
    <EditorProvider flow={flow} definition={definition} base={base} opened={draft} isReadOnly={role !== "admin"}>
      <Workspace />
    </EditorProvider>
  );
}
