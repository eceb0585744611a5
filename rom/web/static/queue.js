// The queue, live: its rows are fetched now and then, and only those that changed are put in anew.

const EVERY_MS = 2000;
const HIDDEN_MS = 15000;

function keyed(within) {
  return new Map([...within.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one]));
}

function put(box, words) {
  const fresh = new DOMParser().parseFromString(words, "text/html").body;
  const [now, next] = [keyed(box), keyed(fresh)];
  const same = now.size === next.size && [...next.keys()].every((key, k) => key === [...now.keys()][k]);
  const busy = box.querySelector("details[open]");
  if (!same) {
    if (!busy) replace(box, () => box.replaceChildren(...fresh.childNodes));
    return;
  }
  for (const [key, one] of next) {
    const old = now.get(key);
    if (old.outerHTML !== one.outerHTML && !old.contains(busy)) replace(old, () => old.replaceWith(one), one);
  }
}

/** Puts something in place of something else, and leaves the focus where it was. */
function replace(old, does, within = old) {
  const focus = document.activeElement;
  const held = old.contains(focus) ? [focus.closest("[data-key]")?.dataset.key, focus.dataset.do, focus.getAttribute("href")] : null;
  does();
  if (!held) return;
  const [key, act, href] = held;
  const row = within.dataset?.key === key ? within : document.querySelector(`[data-key="${key}"]`);
  const same = [...(row?.querySelectorAll("button, a, summary") ?? [])];
  (same.find((one) => (act ? one.dataset.do === act : one.getAttribute("href") === href)) ?? same[0])?.focus();
}

async function look() {
  const box = document.querySelector("[data-queue]");
  const inner = box?.firstElementChild;
  if (inner) {
    const answer = await fetch(box.dataset.queue).catch(() => null);
    if (answer?.ok) put(inner, await answer.text());
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-queue] form");
  if (!form) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  form.querySelector("details")?.removeAttribute("open");
  if (answer && answer.status >= 400) window.location.reload();
  await look();
});

(async function watch() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? HIDDEN_MS : EVERY_MS));
    await look();
  }
})();
