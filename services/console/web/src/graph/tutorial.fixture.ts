import type { FlowDefinition } from "../contract";

/** The flow of the tutorial, as `flows/agents-offline-message.toml` has it. */
export const TUTORIAL: FlowDefinition = {
  flow: "agents-offline-message",
  name: "发送座席离线消息",
  trigger: "widget_opened",
  cooldown_s: 3600,
  nodes: {
    start: { type: "start", name: "开始", next: { SUCCESS: "check" } },
    check: { type: "agents_offline", name: "判断座席是否离线", next: { TRUE: "apologise", FALSE: "end" } },
    apologise: {
      type: "reply",
      name: "给用户发送离线消息",
      text: "很抱歉目前没有座席在线，您可以在下方对话框留下联系方式，我们将尽快联系您。",
      next: { SUCCESS: "end" },
    },
    end: { type: "end", name: "结束" },
  },
  layout: { start: [40, 80], check: [300, 80], apologise: [560, 40], end: [820, 80] },
  scenarios: [{ name: "nobody is there", given: { agents_online: [] }, path: ["start SUCCESS", "check TRUE"] }],
};
