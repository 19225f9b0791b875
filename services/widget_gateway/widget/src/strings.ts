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
  readonly reconnecting: string;
  readonly stopped: string;
  readonly older: string;
  readonly messages: string;
  readonly you: string;
  readonly robot: string;
  readonly agent: string;
  readonly typing: string;
  readonly dismiss: string;
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
  reconnecting: "连接已断开，正在重新连接…",
  stopped: "聊天暂时不可用",
  older: "查看更早的消息",
  messages: "消息",
  you: "您",
  robot: "机器人",
  agent: "客服",
  typing: "对方正在输入…",
  dismiss: "关闭消息提示",
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
  reconnecting: "Connection lost, reconnecting…",
  stopped: "Chat is not available here",
  older: "Earlier messages",
  messages: "Messages",
  you: "You",
  robot: "Robot",
  agent: "Agent",
  typing: "Typing…",
  dismiss: "Dismiss this message",
  unread: (count) => (count === 1 ? "1 unread message" : `${count} unread messages`),
};

/** The words for a browser's language. */
export function stringsFor(locale: string): Strings {
  return locale.toLowerCase().startsWith("zh") ? ZH : EN;
}
