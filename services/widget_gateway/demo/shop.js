// The shop's own script, as any shop might have one: it tells the chat what the visitor does.
window.frontdesk = window.frontdesk || [];

const basket = [];
let quiet;

function say(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => (notice.textContent = ""), 2500);
}

function track(event, data) {
  window.frontdesk.push(["track", event, data]);
}

function add(button) {
  const { tea, price } = button.dataset;
  basket.push(tea);
  document.getElementById("basket").value = String(basket.length);
  track("add_to_basket", { tea, price: Number(price), items: basket.length });
  say("已加入茶篮");
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.tea) add(button);
  if ("chat" in button.dataset) window.frontdesk.push(["open"]);
  if (button.dataset.track) {
    track(button.dataset.track, { text: button.textContent.trim() });
    say(button.dataset.track === "webclick" ? "我们会为您留座" : `茶篮里有 ${basket.length} 件`);
  }
});
