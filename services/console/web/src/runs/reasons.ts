/** A sentence of the service in words of our own: the key of the word, and what goes into it. */
export type Said = { readonly key: string; readonly values: Readonly<Record<string, string>> };

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^cooldown: the last run began (?<ago>\d+) s before, and cooldown_s is (?<cooldown>\d+)$/, "reason.cooldown"],
  [/^overlap: run (?<run>\S+) still waits$/, "reason.overlap"],
  [/^no flow answers it$/, "reason.unanswered"],
  [/^it starts no flow$/, "reason.startsNone"],
  [/^no run waits for it any more$/, "reason.over"],
  [/^no executor has taken it yet/, "reason.untaken"],
];

/** Why an event started nothing; null for a sentence that nobody knows here: it is shown as it is. */
export function reasonOf(sentence: string): Said | null {
  for (const [pattern, key] of REASONS) {
    const found = pattern.exec(sentence);
    if (found) return { key, values: { ...found.groups } };
  }
  return null;
}

/** What there is to do about each way in which a run can fail. */
const ADVICE: Readonly<Record<string, string>> = {
  unknown_variable: "variable",
  bad_expression: "expression",
  bad_template: "expression",
  unknown_reference: "reference",
  empty_text: "text",
  text_too_long: "text",
  no_address: "address",
  bad_address: "address",
  no_agents: "agents",
  no_working_hours: "hours",
  bad_operation: "expression",
  out_of_fuel: "expression",
  bad_value: "value",
  task_timed_out: "worker",
  delivered_too_often: "dead",
  undecodable: "dead",
  failed: "dead",
  host_not_allowed: "host",
  private_address: "private",
  bad_url: "url",
  bad_header: "url",
  http_status: "outside",
  no_answer: "outside",
  webhook_refused: "webhook",
  no_mail_server: "mail",
  mail_refused: "mail",
  step_limit: "loop",
  run_too_long: "loop",
};

/** The key of the word that says what to do about a failure. */
export function adviceFor(code: string): string {
  return `advice.${ADVICE[code] ?? "other"}`;
}
