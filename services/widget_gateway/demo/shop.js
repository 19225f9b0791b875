// The shop's own script, as any shop might have one: a basket, and a word to the chat on what the visitor does.
window.frontdesk = window.frontdesk || [];

const KEY = "hillside.basket";
const WORDS = {
  "zh-CN": {
    added: "已加入茶篮",
    booked: "我们会为您留座",
    paid: "谢谢惠顾！这里不会真的扣款",
    noted: "已告诉 Frontdesk",
    less: "减少一件",
    more: "增加一件",
  },
  en: {
    added: "Added to your basket",
    booked: "We will keep a seat for you",
    paid: "Thank you! Nobody is charged here",
    noted: "Frontdesk was told",
    less: "One less",
    more: "One more",
  },
};
const words = WORDS[document.documentElement.lang] ?? WORDS.en;
const at = (id) => document.getElementById(id);
const money = (sum) => `¥${sum}`;

let basket = read();
let quiet;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(basket));
  } catch {
    // The basket lasts as long as the page, then.
  }
}

function product(id) {
  const item = document.querySelector(`[data-add="${id}"]`)?.closest("li");
  return item && { id, item, price: Number(item.querySelector("data").value) };
}

function entries() {
  return Object.entries(basket).flatMap(([id, number]) => {
    const found = product(id);
    return found && number > 0 ? [{ ...found, number }] : [];
  });
}

const total = () => entries().reduce((sum, { price, number }) => sum + price * number, 0);
const count = () => entries().reduce((sum, { number }) => sum + number, 0);

function say(text) {
  at("notice").textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => (at("notice").textContent = ""), 2500);
}

function track(event, data) {
  window.frontdesk.push(["track", event, data]);
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = event;
  line.append(name, ` ${JSON.stringify(data)}`);
  at("told").prepend(line);
  while (at("told").children.length > 6) at("told").lastElementChild.remove();
}

function change(id, by) {
  basket = { ...basket, [id]: Math.max(0, (basket[id] ?? 0) + by) };
  keep();
  draw();
}

function stepper(id, sign, label, by) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = sign;
  button.setAttribute("aria-label", label);
  button.onclick = () => {
    change(id, by);
    const again = [...at("lines").querySelectorAll("button")].find((other) => other.dataset.step === button.dataset.step);
    (again ?? at("pay")).focus();
  };
  button.dataset.step = `${id} ${by}`;
  return button;
}

function lineOf({ id, item, price, number }) {
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.append(...item.querySelector("h3").cloneNode(true).childNodes);
  const times = document.createElement("span");
  times.textContent = String(number);
  const sum = document.createElement("data");
  sum.value = String(price * number);
  sum.textContent = money(price * number);
  line.append(name, stepper(id, "−", words.less, -1), times, stepper(id, "+", words.more, 1), sum);
  return line;
}

function draw() {
  at("count").textContent = String(count());
  at("total").value = money(total());
  at("empty").hidden = count() > 0;
  at("pay").disabled = count() === 0;
  at("lines").replaceChildren(...entries().map(lineOf));
}

function add(id) {
  change(id, 1);
  track("add_to_basket", { tea: id, price: product(id).price, items: count() });
  say(words.added);
}

function openBasket() {
  at("basket").showModal();
  track("basket_opened", { items: count(), total: total() });
}

function pay() {
  track("checkout", { items: count(), total: total() });
  basket = {};
  keep();
  draw();
  at("basket").close();
  say(words.paid);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.add) add(button.dataset.add);
  if ("ask" in button.dataset) window.frontdesk.push(["open"]);
  if (button.dataset.track) {
    track(button.dataset.track, { text: button.innerText.trim(), page: location.pathname });
    say(button.closest(".visit") ? words.booked : words.noted);
  }
});
at("open-basket").onclick = openBasket;
at("pay").onclick = pay;
draw();

fetch("demo.json")
  .then((answer) => answer.json())
  .then(({ console: address }) => {
    if (!address) return;
    at("console").href = address;
    at("console").hidden = false;
  })
  .catch(() => {
    // Without an answer there is no link.
  });
