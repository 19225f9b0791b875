import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/http";
import { queries } from "../api/queries";
import { useErrorText } from "../app/useErrorText";
import type { FlowDefinition, RunSummary } from "../contract";
import { addToDraft, NameTaken, scenarioOf, tomlOf } from "./drafting";

/** Makes a scenario of a run: into the flow's draft, or as TOML. */
export function useScenario(run: RunSummary, definition: FlowDefinition, initial: string) {
  const { t } = useTranslation("runs");
  const errorText = useErrorText();
  const [name, setName] = useState(initial);
  const [toml, setToml] = useState("");
  const [isAdded, setAdded] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    setBusy(true);
    setProblem("");
    try {
      return await work();
    } catch (error) {
      setProblem(told(error));
      return null;
    } finally {
      setBusy(false);
    }
  };
  const told = (error: unknown): string => {
    if (error instanceof NameTaken) return t("nameTaken");
    if (error instanceof ApiError && error.code === "draft_conflict") return t("conflict");
    return errorText(error);
  };
  const add = (): Promise<unknown> =>
    attempt(async () => {
      await addToDraft(run.flow, await scenarioOf(run.run, name.trim()));
      setAdded(true);
      await queries.invalidateQueries({ queryKey: ["flows"] });
      await queries.invalidateQueries({ queryKey: ["draft", run.flow] });
    });
  const write = (): Promise<string | null> =>
    attempt(async () => {
      const text = await tomlOf(definition, await scenarioOf(run.run, name.trim()));
      setToml(text);
      return text;
    });
  return { name, setName, toml, isAdded, problem, isBusy, add, write };
}
