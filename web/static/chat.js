// The chat page's script: sends without reloading, keeps the transcript for this tab, shows that an answer is coming.
// Without it the page's forms work by themselves.
"use strict";
(() => {
  const log = document.getElementById("log");
  const form = document.getElementById("ask");
  const field = document.getElementById("text");
  const typing = document.getElementById("typing");
  const restart = document.getElementById("restart");
  const KEY = "motcua-transcript";
  const KEPT = 60;
  // While a person of the staff answers, the page asks for news; a hidden page does so less often.
  const AFTER = "motcua-after";
  const LOOK = 4000;
  const LOOK_HIDDEN = 20000;
  let looking = null;
  let waiting = Promise.resolve();
  let pending = 0;

  const bottom = () => { log.scrollTop = log.scrollHeight; };
  // A long answer is read from its beginning: the question stays in sight above it.
  function inSight() {
    const asked = [...log.querySelectorAll(".said")].pop();
    if (asked) log.scrollTop = asked.offsetTop - log.offsetTop - 8; else bottom();
  }

  function keep() {
    const entries = [...log.querySelectorAll("[data-kept]")].slice(-KEPT).map((node) => node.outerHTML);
    try { sessionStorage.setItem(KEY, JSON.stringify(entries)); } catch { /* private windows may refuse */ }
    restart.hidden = entries.length === 0;
  }

  function show(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    for (const node of [...box.content.children]) {
      node.dataset.kept = "";
      log.append(node);
    }
    keep();
    inSight();
  }

  function said(text) {
    const node = document.createElement("article");
    node.className = "said";
    const who = document.createElement("span");
    who.className = "sr";
    who.textContent = "Bạn:";
    const line = document.createElement("p");
    line.textContent = text;
    node.append(who, line);
    node.dataset.kept = "";
    log.append(node);
    keep();
    bottom();
  }

  function apologise(text) {
    const node = document.createElement("article");
    node.className = "reply";
    const line = document.createElement("p");
    line.textContent = text;
    node.append(line);
    log.append(node);
    bottom();
  }

  async function send(message) {
    try {
      const answer = await fetch("/api/message", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(message),
      });
      const body = await answer.json();
      if (body.html) show(body.html); else if (body.error) apologise(body.error);
      else if (!body.open) apologise("Xin lỗi bạn, có trục trặc. Bạn thử lại nhé.");
      if (body.open) look(500);
    } catch {
      apologise("Mất kết nối rồi. Bạn kiểm tra mạng rồi gửi lại giúp mình nhé.");
    }
  }

  function lastSeen() {
    try { return Number(sessionStorage.getItem(AFTER) || log.dataset.after) || 0; } catch { return Number(log.dataset.after); }
  }

  function seen(number) {
    log.dataset.after = number;
    try { sessionStorage.setItem(AFTER, number); } catch { /* private windows may refuse */ }
  }

  function look(soon) {
    clearTimeout(looking);
    looking = setTimeout(fetchNews, soon);
  }

  async function fetchNews() {
    let open = true;
    try {
      const answer = await fetch(`/api/new-messages?after=${lastSeen()}`);
      const news = await answer.json();
      open = answer.ok ? news.open : answer.status >= 500;
      if (news.html) {
        show(news.html);
        bottom();
      }
      if (answer.ok) seen(news.after);
    } catch { /* the connection is away: try again */ }
    if (open) look(document.hidden ? LOOK_HIDDEN : LOOK);
  }

  // Messages go one after the other, in the order they were typed.
  function queue(shown, message) {
    said(shown);
    pending += 1;
    typing.hidden = false;
    waiting = waiting.then(() => send(message)).then(() => {
      pending -= 1;
      typing.hidden = pending === 0;
      inSight();
    });
  }

  function grow() {
    field.style.height = "auto";
    const border = field.offsetHeight - field.clientHeight;
    field.style.height = `${Math.min(field.scrollHeight + border, 144)}px`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.focus();
    if (!text) return;
    field.value = "";
    grow();
    queue(text, { text });
  });

  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    // Vietnamese input methods press Enter to finish a word: that one is not for sending.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  log.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!button) return;
    const message = button.name === "button" ? { button: button.value, title: button.textContent.trim() } : { text: button.value };
    queue(button.textContent.trim(), message);
    field.focus({ preventScroll: true });
  });

  restart.addEventListener("click", () => {
    for (const node of log.querySelectorAll("[data-kept]")) node.remove();
    keep();
    waiting = waiting.then(() => fetch("/api/message", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: "bắt đầu lại từ đầu" }),
    })).catch(() => {});
    field.focus();
  });

  // Exchanges rendered by the server (the page came back from a form) are part of the transcript too.
  for (const node of log.querySelectorAll("article:not(:first-child)")) node.dataset.kept = "";
  try {
    if (!log.querySelector("[data-kept]")) {
      for (const html of JSON.parse(sessionStorage.getItem(KEY) || "[]")) show(html);
    }
  } catch { sessionStorage.removeItem(KEY); }
  keep();
  inSight();
  if (log.dataset.open === "yes") look(0);
  field.focus();
})();
