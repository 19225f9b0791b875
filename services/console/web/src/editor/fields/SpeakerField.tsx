import { Checkbox, NativeSelect, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isText } from "../../graph/definition";
import { choicesOf, useTeam } from "../useTeam";
import { type ControlProps, inputProps } from "./control";

const ROBOT = "robot";

/** Who says it: the robot, or an agent. */
export function SpeakerField(props: ControlProps) {
  const { t } = useTranslation("fields");
  const { t: say } = useTranslation("editor");
  const { value, onChange, isDisabled } = props;
  const agents = choicesOf(useTeam(), "agent");
  const current = isText(value) ? value : ROBOT;
  const isRobot = current === ROBOT;
  const isGone = !isRobot && !agents.some((agent) => agent.value === current);
  const gone = isGone ? [{ value: current, label: say("unknownChoice", { name: current }) }] : [];
  return (
    <Stack gap={6}>
      <Checkbox
        label={t("robot.label")}
        checked={isRobot}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.checked ? ROBOT : (agents[0]?.value ?? "agent-1"))}
      />
      {!isRobot && (
        <NativeSelect
          {...inputProps(props)}
          label={t("author.label")}
          data={[...gone, ...agents]}
          value={current}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Stack>
  );
}
