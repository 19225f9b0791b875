import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNotice } from "../app/useNotice";
import { definitionOf } from "./definitionOf";
import type { Line } from "./listing";
import { copyName, flowId } from "./naming";
import { useAdd } from "./useAdd";

/** Makes a draft that is a copy of a line's flow. */
export function useDuplicate(all: readonly Line[]) {
  const { t } = useTranslation("flows");
  const notice = useNotice();
  const add = useAdd();
  return useMutation({
    mutationFn: async (line: Line) => {
      const definition = await definitionOf(line);
      const name = copyName(definition.name, t("copyEnding"));
      const flow = flowId(`${line.flow} copy`, new Set(all.map((other) => other.flow)));
      await add.mutateAsync({ ...definition, flow, name });
      return name;
    },
    onSuccess: (name) => notice.done(t("duplicated", { name })),
    onError: notice.failed,
  });
}
