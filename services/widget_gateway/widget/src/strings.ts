import type { Problem } from "./fields";
import type { Ask } from "./questions";

/** The widget's words. */
export interface Strings {
  readonly open: string;
  readonly close: string;
  readonly title: string;
  readonly welcome: string;
  readonly online: string;
  readonly offline: string;
  readonly write: string;
  readonly send: string;
  readonly sending: string;
  readonly failed: string;
  readonly read: string;
  readonly reconnecting: string;
  readonly stopped: string;
  readonly older: string;
  readonly messages: string;
  readonly you: string;
  readonly robot: string;
  readonly agent: string;
  readonly typing: string;
  readonly dismiss: string;
  readonly answers: string;
  readonly save: string;
  readonly saved: string;
  readonly pick: string;
  /** Why nothing can be written now. */
  readonly locked: Readonly<Record<Ask["type"], string>>;
  readonly problems: Readonly<Record<Problem, string>>;
  step(label: string, place: number, count: number): string;
  unread(count: number): string;
}

const ZH: Strings = {
  open: "打开聊天",
  close: "关闭聊天",
  title: "在线客服",
  welcome: "您好，有什么可以帮您？",
  online: "客服在线",
  offline: "客服暂时不在线，欢迎留言",
  write: "输入消息…",
  send: "发送",
  sending: "发送中…",
  failed: "未能发送",
  read: "已读",
  reconnecting: "连接已断开，正在重新连接…",
  stopped: "聊天暂时不可用",
  older: "查看更早的消息",
  messages: "消息",
  you: "您",
  robot: "机器人",
  agent: "客服",
  typing: "对方正在输入…",
  dismiss: "关闭消息提示",
  answers: "可选的回答",
  save: "保存",
  saved: "已填写：",
  pick: "请选择…",
  locked: { choices: "请先在上面选择一项", form: "请先填写上面的表单" },
  problems: {
    missing: "请填写这一项",
    email: "请输入有效的邮箱地址",
    phone: "请输入有效的电话号码",
    number: "请输入数字",
    date: "请选择日期",
    select: "请选择一项",
  },
  step: (label, place, count) => `${label}，第 ${place} 项，共 ${count} 项`,
  unread: (count) => `${count} 条未读消息`,
};

const EN: Strings = {
  open: "Open chat",
  close: "Close chat",
  title: "Chat with us",
  welcome: "Hello, how can we help?",
  online: "We are online",
  offline: "Nobody is online, leave us a message",
  write: "Write a message…",
  send: "Send",
  sending: "Sending…",
  failed: "Not sent",
  read: "Read",
  reconnecting: "Connection lost, reconnecting…",
  stopped: "Chat is not available here",
  older: "Earlier messages",
  messages: "Messages",
  you: "You",
  robot: "Robot",
  agent: "Agent",
  typing: "Typing…",
  dismiss: "Dismiss this message",
  answers: "Answers to choose from",
  save: "Save",
  saved: "Filled in: ",
  pick: "Choose…",
  locked: { choices: "Please choose an answer above", form: "Please fill in the form above" },
  problems: {
    missing: "Please fill this in",
    email: "Please enter a valid e-mail address",
    phone: "Please enter a valid phone number",
    number: "Please enter a number",
    date: "Please choose a date",
    select: "Please choose one",
  },
  step: (label, place, count) => `${label}, ${place} of ${count}`,
  unread: (count) => (count === 1 ? "1 unread message" : `${count} unread messages`),
};

/** The words for a browser's language. */
export function stringsFor(locale: string): Strings {
  return locale.toLowerCase().startsWith("zh") ? ZH : EN;
}
