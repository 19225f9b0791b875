import type { RunStatus } from "./api";

export type Language = "zh" | "en";

/** The console's words in one language. */
export interface Strings {
  readonly flows: string;
  readonly runs: string;
  readonly noFlows: string;
  readonly noRuns: string;
  readonly other: string;
  readonly live: string;
  readonly lost: string;
  readonly signedOut: string;
  readonly active: string;
  readonly inactive: string;
  readonly time: string;
  readonly flow: string;
  readonly visitor: string;
  readonly status: string;
  readonly node: string;
  readonly until: string;
  readonly triggers: Readonly<Record<string, string>>;
  readonly statuses: Readonly<Record<RunStatus, string>>;
  readonly events: Readonly<Record<string, string>>;
  versions(count: number): string;
}

export const STRINGS: Readonly<Record<Language, Strings>> = {
  zh: {
    flows: "流程",
    runs: "最近的运行",
    noFlows: "还没有流程。用 frontdesk flows push 添加第一个。",
    noRuns: "还没有运行。打开演示页的聊天窗口，这里就会出现第一条。",
    other: "English",
    live: "实时",
    lost: "连接中断，正在重试",
    signedOut: "登录已过期，请用新的登录链接打开控制台",
    active: "已启动",
    inactive: "已停止",
    time: "时间",
    flow: "流程",
    visitor: "访客",
    status: "状态",
    node: "节点",
    until: "最晚到",
    triggers: {
      widget_loaded: "客户加载聊天组件",
      widget_opened: "客户打开聊天组件",
      message_sent: "客户发送消息",
      event_tracked: "自定义事件",
    },
    statuses: { running: "运行中", waiting: "等待中", completed: "已完成", failed: "已失败", cancelled: "已取消" },
    events: {
      "run.started.v1": "开始运行",
      "run.waiting.v1": "等待",
      "run.completed.v1": "运行完成",
      "run.failed.v1": "运行失败",
      "run.cancelled.v1": "运行取消",
    },
    versions: (count) => `共 ${count} 个版本`,
  },
  en: {
    flows: "Flows",
    runs: "Latest runs",
    noFlows: "No flows yet. Add the first one with frontdesk flows push.",
    noRuns: "No runs yet. Open the chat on the demo page and the first one appears here.",
    other: "中文",
    live: "Live",
    lost: "Connection lost, trying again",
    signedOut: "Your session is over: open the console with a new sign-in link",
    active: "Active",
    inactive: "Inactive",
    time: "Time",
    flow: "Flow",
    visitor: "Visitor",
    status: "Status",
    node: "Node",
    until: "until",
    triggers: {
      widget_loaded: "Visitor loads the widget",
      widget_opened: "Visitor opens the widget",
      message_sent: "Visitor sends a message",
      event_tracked: "Custom event",
    },
    statuses: {
      running: "Running",
      waiting: "Waiting",
      completed: "Completed",
      failed: "Failed",
      cancelled: "Cancelled",
    },
    events: {
      "run.started.v1": "Run started",
      "run.waiting.v1": "Waiting",
      "run.completed.v1": "Run completed",
      "run.failed.v1": "Run failed",
      "run.cancelled.v1": "Run cancelled",
    },
    versions: (count) => (count === 1 ? "1 version" : `${count} versions`),
  },
};
