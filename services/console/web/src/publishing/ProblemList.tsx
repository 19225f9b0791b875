import { Anchor, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FlowDefinition, Problem } from "../contract";
import { nodeAt } from "../graph/checks";
import { nameOf } from "../graph/definition";
import { useTold } from "./useTold";

/** What is wrong, each with its place and the way out. With `onShow` places that are nodes can be gone to. */
export function ProblemList({
  problems,
  definition,
  onShow,
}: {
  readonly problems: readonly Problem[];
  readonly definition: FlowDefinition | null;
  readonly onShow?: (node: string) => void;
}) {
  return (
    <Stack component="ul" gap={10} m={0} p={0}>
      {problems.map((problem, i) => (
        <Row key={`${problem.code} ${problem.at} ${i}`} problem={problem} definition={definition} onShow={onShow} />
      ))}
    </Stack>
  );
}

type RowOf = {
  readonly problem: Problem;
  readonly definition: FlowDefinition | null;
  readonly onShow: ((node: string) => void) | undefined;
};

function Row({ problem, definition, onShow }: RowOf) {
  const { t } = useTranslation("publishing");
  const told = useTold(problem, definition);
  const node = nodeAt(problem.at);
  const isKnown = node !== null && definition !== null && node in definition.nodes;
  const place = isKnown ? nameOf(definition, node) : problem.at === "nodes" ? "" : problem.at;
  const isWarning = problem.level === "warning";
  const Icon = isWarning ? IconAlertTriangle : IconCircleX;
  return (
    <Group component="li" gap={8} wrap="nowrap" align="flex-start">
      <Icon
        size={18}
        stroke={1.8}
        color={`var(--mantine-color-${isWarning ? "yellow" : "red"}-6)`}
        aria-label={t(isWarning ? "warning" : "error")}
      />
      <div>
        <Text size="sm">
          {place && (
            <>
              {isKnown && onShow ? (
                <Anchor component="button" type="button" size="sm" fw={600} onClick={() => onShow(node)}>
                  {place}
                </Anchor>
              ) : (
                <Text span size="sm" fw={600}>
                  {place}
                </Text>
              )}
              {": "}
            </>
          )}
          {told ?? problem.detail}
        </Text>
        {!told && problem.hint && (
          <Text size="sm" c="dimmed">
            {problem.hint}
          </Text>
        )}
      </div>
    </Group>
  );
}
