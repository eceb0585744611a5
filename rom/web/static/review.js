// The review desk: one time line for video and angle, repetitions, landmarks, and corrections with before and after.

import { asked, Chart, Clock, degrees, drawnAngle, el, signOf, span, Stage, whenThere } from "./review_parts.js";

const PREVIEW_AFTER_MS = 250;
const KEYS = [
  ["← →", "one picture back or on; with Shift ten"],
  ["Space, K", "play, stop"],
  ["J, L", "play backwards, forwards; L again for twice as fast"],
  ["Home, End", "first, last picture"],
  ["[ ]", "the repetition before, after"],
  ["A, R", "accept, reject the repetition"],
  ["M, P", "move the hold, place the landmarks"],
  ["U", "take back the last correction"],
];

whenThere("review", (root) => new Review(root).load());

class Review {
  constructor(root) {
    this.root = root;
    this.address = `/desk/exam/${root.dataset.exam}`;
    this.chosen = 0;
    this.mode = null;
    this.moved = new Map();
    this.hold = null;
  }
  async load() {
    try {
      this.data = await asked(`${this.address}/told`);
    } catch (error) {
      this.root.replaceChildren(el("p", { role: "alert", class: "rom-trouble" }, error.message));
      return;
    }
    this.build();
    this.fill();
    document.addEventListener("keydown", (event) => this.key(event));
    this.root.dataset.ready = "yes";
  }

  // What stands on the page once; `fill` puts in what changes with a correction.
  build() {
    const { data } = this;
    this.said = el("p", { role: "status", class: "review-said" });
    this.results = el("div", { class: "review-results" });
    this.preview = el("section", { class: "review-preview rom-sheet", "aria-label": "Before and after", hidden: true });
    this.list = el("ol", { class: "review-repetitions" });
    this.trail = el("ol", { class: "review-trail" });
    this.setup = el("div", { class: "rom-line" });
    const looked = el("div", { class: "review-looked" });
    const panel = el("div", { class: "review-panel" },
      el("h2", {}, "Result"), this.results, this.preview, this.said,
      el("h2", {}, "Repetitions"), this.list,
      el("h2", {}, "Side and exam"), this.setup,
      el("h2", {}, "Corrections"), this.trail);
    this.root.replaceChildren(looked, panel);
    if (!data.track) {
      looked.append(el("p", { class: "rom-note" }, "No ankle could be followed in this recording; choose another side."));
      return;
    }
    this.stage = new Stage(data, `${data.title}: the recording`);
    this.clock = new Clock(data.track.time_s, this.stage.video);
    this.chart = new Chart("Time in the recording");
    this.now = el("p", { class: "review-now", "aria-hidden": "true" });
    this.played = this.button("Play", () => this.clock.toggle(), { "data-key": "play" });
    this.shows = el("input", { type: "checkbox", id: "review-lines", onchange: () => this.picture() });
    this.shows.checked = !data.drawn;
    const bar = el("div", { class: "review-bar" },
      this.button("−1", () => this.clock.step(-1), { "aria-label": "One picture back" }), this.played,
      this.button("+1", () => this.clock.step(1), { "aria-label": "One picture on" }), this.now,
      el("label", { class: "review-tick-box", for: "review-lines" }, this.shows, "Lines as they are now"));
    const stills = Object.entries(data.video ? {} : data.stills).map(([role, src]) =>
      el("figure", {}, el("img", { src, alt: `Picture of the ${role.replace("peak_", "").replace("_", " ")}` }),
        el("figcaption", {}, "As it was measured automatically")));
    looked.append(this.stage.box, bar, this.chart.box, el("p", { class: "rom-note review-how" }, this.#how()),
      ...(stills.length ? [el("div", { class: "review-stills" }, stills)] : []), this.#keys());
    this.clock.listeners.push(() => this.picture());
    this.clock.onstate = (speed) => {
      this.played.textContent = speed ? "Stop" : "Play";
    };
    this.chart.scrub((time) => {
      this.clock.pause();
      this.clock.show(this.clock.nearest(time));
    });
    this.chart.ondrawn = () => this.#holdHandles();
  }
  #how() {
    const lines = this.data.drawn ? "The lines in the video are those that were measured automatically. " : "";
    return lines + this.#placing();
  }
  #placing() {
    return this.data.reads_picture
      ? "The angle was read from the picture itself and not from these points: a point that you move changes it by as much as the drawn angle changes, and widens the likely range."
      : "The angle is made of these points: a point that you move changes it by as much as the drawn angle changes, and widens the likely range.";
  }
  #keys() {
    const rows = KEYS.map(([keys, words]) => el("div", {}, el("dt", {}, keys), el("dd", {}, words)));
    return el("details", { class: "review-keys" }, el("summary", {}, "Keys"), el("dl", {}, rows));
  }
  button(words, does, attributes = {}) {
    return el("button", { type: "button", class: "rom-button rom-calm review-small", onclick: does, ...attributes }, words);
  }

  fill() {
    const key = document.activeElement?.dataset?.key;
    this.repetitions = this.data.results.filter((result) => result.side === this.data.side).flatMap((result) =>
      result.repetitions.map((one, number) => ({
        ...one, motion: result.motion, side: result.side, name: `${result.name} ${number + 1}`,
        mark: `${result.motion === "dorsiflexion" ? "DF" : "PF"} ${number + 1}`,
      })));
    this.repetitions.sort((one, other) => one.start_s - other.start_s);
    this.chosen = Math.min(this.chosen, Math.max(0, this.repetitions.length - 1));
    this.results.replaceChildren(this.#results(this.data.results));
    this.list.replaceChildren(...this.repetitions.map((one, row) => this.#repetition(one, row)));
    if (!this.repetitions.length) this.list.append(el("li", {}, "No repetition was found."));
    this.setup.replaceChildren(...this.#setup());
    this.trail.replaceChildren(
      ...this.data.elsewhere.map((words) => el("li", {}, el("div", {}, el("b", {}, words), el("small", {}, "before it came here")))),
      ...this.data.corrections.map((one) => this.#correction(one)));
    if (!this.trail.childElementCount) this.trail.append(el("li", { class: "rom-note" }, "Nothing was corrected: all is as it was measured."));
    this.#bands();
    if (this.clock) this.picture();
    if (key) this.root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
  #results(results) {
    const rows = results.map((one) => el("tr", {},
      el("th", { scope: "row" }, one.name, el("small", {}, `quality: ${one.quality}`)),
      el("td", {}, degrees(one.automatic_deg), el("small", {}, span(one.automatic_ci95_deg))),
      el("td", { class: "review-value" }, one.value_deg === null ? "cannot tell" : degrees(one.value_deg), el("small", {}, span(one.ci95_deg)))));
    const reasons = [...new Set(results.flatMap((one) => one.reasons.map((reason) => `${one.name}: ${reason}`)))];
    return el("div", {},
      el("table", { class: "rom-table" },
        el("thead", {}, el("tr", {}, ["Motion", "Automatic", "Now"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, rows)),
      el("details", { class: "review-why" }, el("summary", {}, `Worth knowing (${reasons.length})`),
        el("ul", {}, reasons.map((reason) => el("li", {}, reason)))));
  }
  #repetition(one, row) {
    const state = one.by_hand.includes("rejected") ? "rejected by hand"
      : one.used ? (one.by_hand.length ? `counts; ${one.by_hand.map(handWords).join(", ")}` : "counts")
      : `does not count: ${one.reason}`;
    const act = (words, does, name) => this.button(words, does, { "aria-label": `${words}: ${one.name}`, "data-key": `${name}-${row}`, disabled: !this.data.correctable });
    const rejects = one.used;
    return el("li", { class: row === this.chosen ? "review-chosen" : "" },
      el("button", { type: "button", class: "review-choose", "aria-pressed": String(row === this.chosen), "data-key": `choose-${row}`, onclick: () => this.choose(row) },
        el("b", {}, one.name), ` ${degrees(one.value_deg)} `, el("small", {}, `${one.start_s.toFixed(2)} to ${one.end_s.toFixed(2)} s; ${state}`)),
      el("div", { class: "review-acts" },
        rejects ? act("Reject", () => this.verdict(row, "rejected"), "verdict") : act("Accept", () => this.verdict(row, "accepted"), "verdict"),
        act("Move", () => this.move(row), "move"), act("Landmarks", () => this.put(row), "put")));
  }
  #setup() {
    const select = (name, chosen, options, does) => el("label", { class: "rom-entry" }, el("span", {}, name),
      el("select", { "data-key": name, disabled: !this.data.correctable, onchange: (event) => does(event.target.value) },
        Object.entries(options).map(([value, words]) => el("option", { value, selected: value === chosen }, words))));
    return [
      select("Side", this.data.side, { left: "Left", right: "Right" }, (side) => this.change({ kind: "side", side })),
      select("Exam", this.data.protocol, this.data.protocols, (protocol) => this.change({ kind: "protocol", protocol })),
    ];
  }
  #correction(one) {
    const changed = Object.keys({ ...one.before, ...one.after })
      .filter((name) => one.before[name]?.value_deg !== one.after[name]?.value_deg)
      .map((name) => `${name.replace("_", " ")} ${degrees(one.before[name]?.value_deg)} → ${degrees(one.after[name]?.value_deg)}`);
    return el("li", { class: one.undone ? "review-undone" : "" },
      el("div", {}, el("b", {}, one.words), one.undone ? " (taken back)" : "",
        el("small", {}, `${one.by || "at this computer"}, ${one.at}`),
        el("small", {}, changed.length ? changed.join("; ") : "no number changed")),
      one.undone ? null : this.button("Undo", () => this.undo(one.id), { "aria-label": `Undo: ${one.words}`, "data-key": `undo-${one.id}` }));
  }
  #bands() {
    if (!this.chart) return;
    const { track } = this.data;
    const bands = this.repetitions.map((one, row) => {
      const [start, end] = this.hold && row === this.chosen ? this.hold : [one.start_s, one.end_s];
      return {
        start, end, level: signOf(one.motion) * one.value_deg, name: one.mark,
        class: [one.used ? "review-used" : "review-unused", row === this.chosen ? "review-band-chosen" : "", one.motion].join(" "),
      };
    });
    this.chart.set([{ time_s: track.time_s, deg: track.smooth_deg, raw: track.raw_deg }], bands, [track.time_s[0], track.time_s.at(-1)]);
  }

  picture() {
    const { track } = this.data;
    const row = this.clock.row;
    const angle = track.smooth_deg[row];
    const words = angle === null ? "not seen" : `${degrees(Math.abs(angle))} ${angle >= 0 ? "dorsiflexion" : "plantar flexion"}`;
    this.chart.cursor(this.clock.time);
    this.chart.told(row, 0, track.time_s.length - 1, `${this.clock.time.toFixed(2)} s, ${words}`);
    this.now.textContent = `${this.clock.time.toFixed(3)} s · ${row + 1}/${track.time_s.length} · ${words}`;
    const shown = this.shows.checked || this.mode === "put";
    this.stage.lines(shown ? this.#points(row) : null, this.moved.size ? "review-placed" : "");
    this.stage.over.hidden = this.mode === "put" && row !== this.pictureRow;
  }
  // The points of a picture, those that are being placed where the hand has put them.
  #points(row) {
    const points = this.data.track.points_px[row].map((point) => [...point]);
    if (this.mode === "put" && row === this.pictureRow) for (const [k, place] of this.moved) points[k] = place;
    return points;
  }

  choose(row) {
    this.leave();
    this.chosen = row;
    const one = this.repetitions[row];
    if (!one) return;
    this.clock.pause();
    this.clock.show(this.clock.nearest((one.start_s + one.end_s) / 2));
    this.fill();
  }
  next(by) {
    if (this.repetitions.length) this.choose((this.chosen + by + this.repetitions.length) % this.repetitions.length);
  }
  #about(row) {
    const one = this.repetitions[row];
    return { side: one.side, motion: one.motion, hold_s: one.hold_s };
  }
  verdict(row, verdict) {
    if (!this.repetitions[row]) return undefined;
    if (row !== this.chosen) this.choose(row);
    return this.save([{ kind: "repetition", ...this.#about(row), verdict }]);
  }

  // Moving a hold: two handles on the chart, each one picture at a time.
  move(row) {
    if (!this.repetitions[row]) return;
    this.choose(row);
    this.mode = "move";
    const one = this.repetitions[row];
    this.hold = [one.start_s, one.end_s];
    this.#bands();
    this.tell(`Move the two handles of ${one.name} on the chart: arrow keys by one picture, with Shift by ten.`);
    this.chart.over.querySelector("button")?.focus();
  }
  #holdHandles() {
    if (this.mode !== "move") return this.chart.over.replaceChildren();
    if (this.chart.over.childElementCount !== 2) this.chart.over.replaceChildren(this.#holdHandle(0), this.#holdHandle(1));
    [...this.chart.over.children].forEach((handle, end) => {
      handle.style.left = `${this.chart.x(this.hold[end])}px`;
      handle.setAttribute("aria-label", `${end ? "End" : "Begin"} of the hold: ${this.hold[end].toFixed(2)} s`);
    });
    return undefined;
  }
  #holdHandle(end) {
    const to = (time) => {
      const row = this.clock.nearest(time);
      this.hold[end] = this.clock.times[row];
      this.clock.show(row);
      this.#bands();
      this.#previewHold();
    };
    const handle = el("button", { type: "button", class: "review-handle review-handle-hold" });
    dragged(handle, (event) => to(this.chart.timeAt(event.clientX)));
    handle.addEventListener("keydown", (event) => {
      const by = arrow(event, "ArrowLeft", "ArrowRight");
      if (by) to(this.clock.times[Math.max(0, Math.min(this.clock.times.length - 1, this.clock.nearest(this.hold[end]) + by))]);
    });
    return handle;
  }
  #previewHold() {
    const [start_s, end_s] = this.hold;
    const row = this.chosen;
    this.previewSoon([{ kind: "repetition", ...this.#about(row), verdict: "moved", start_s, end_s }]);
  }

  // Placing landmarks: four handles on a picture of the hold, each one pixel at a time.
  put(row) {
    const one = this.repetitions[row];
    if (!one) return;
    this.choose(row);
    const { track } = this.data;
    const inside = track.time_s.map((time, k) => k).filter((k) => track.time_s[k] >= one.start_s && track.time_s[k] <= one.end_s && track.points_px[k].every((point) => point[0] !== null));
    if (!inside.length) {
      this.tell("The leg's landmarks are not seen on any picture of this hold.");
      return;
    }
    const near = this.clock.row;
    this.pictureRow = inside.reduce((best, k) => (Math.abs(k - near) < Math.abs(best - near) ? k : best));
    this.mode = "put";
    this.clock.show(this.pictureRow);
    this.stage.over.replaceChildren(...track.names.map((name, k) => this.#pointHandle(name, k)));
    this.#pointsMoved();
    this.tell(`Put the landmarks of ${one.name} where they belong: drag them, or arrow keys by 1 pixel, with Shift by 10.`);
    this.stage.over.querySelector("button").focus();
  }
  #pointHandle(name, k) {
    const handle = el("button", { type: "button", class: "review-handle review-handle-point" });
    const to = (place) => {
      this.moved.set(k, place);
      this.#pointsMoved();
      this.previewSoon(this.#placed());
    };
    dragged(handle, (event) => to(this.stage.place(event.clientX, event.clientY)));
    handle.addEventListener("keydown", (event) => {
      const [x, y] = this.#points(this.pictureRow)[k];
      const [right, down] = [arrow(event, "ArrowLeft", "ArrowRight"), arrow(event, "ArrowUp", "ArrowDown")];
      if (right || down) to([x + right, y + down]);
    });
    return handle;
  }
  #pointsMoved() {
    const { track } = this.data;
    const points = this.#points(this.pictureRow);
    [...this.stage.over.children].forEach((handle, k) => {
      const [x, y] = points[k];
      handle.style.left = `${(100 * x) / this.stage.width}%`;
      handle.style.top = `${(100 * y) / this.stage.height}%`;
      handle.setAttribute("aria-label", `${track.names[k]}: ${Math.round(x)} across, ${Math.round(y)} down`);
    });
    this.picture();
    if (this.moved.size) {
      const before = drawnAngle(track.points_px[this.pictureRow], track.facing);
      this.tell(`Drawn angle on this picture: ${degrees(before)} → ${degrees(drawnAngle(points, track.facing))}`);
    }
  }
  #placed() {
    const { track } = this.data;
    const about = { kind: "landmark", ...this.#about(this.chosen), picture_s: track.time_s[this.pictureRow] };
    return [...this.moved].map(([k, [x_px, y_px]]) => ({ ...about, landmark: track.landmarks[k], x_px, y_px }));
  }

  // Before and after, asked for once the hand rests.
  previewSoon(corrections) {
    clearTimeout(this.soon);
    this.pending = corrections;
    this.soon = setTimeout(() => this.previewNow(corrections), PREVIEW_AFTER_MS);
  }
  change(correction) {
    this.leave(false);
    this.pending = [correction];
    return this.previewNow(this.pending);
  }
  async previewNow(corrections) {
    this.preview.setAttribute("aria-busy", "true");
    try {
      const tried = await asked(`${this.address}/try`, { known: this.data.known, corrections });
      if (this.pending !== corrections) return;
      const then = new Map(this.data.results.map((one) => [`${one.side} ${one.motion}`, one]));
      const rows = tried.results.map((one) => {
        const before = then.get(`${one.side} ${one.motion}`);
        return el("tr", {}, el("th", { scope: "row" }, one.name),
          el("td", {}, degrees(before?.value_deg), el("small", {}, span(before?.ci95_deg))),
          el("td", { class: "review-value" }, one.value_deg === null ? "cannot tell" : degrees(one.value_deg), el("small", {}, span(one.ci95_deg))));
      });
      this.preview.replaceChildren(
        el("table", { class: "rom-table" },
          el("thead", {}, el("tr", {}, ["Not kept yet", "Before", "After"].map((name) => el("th", { scope: "col" }, name)))),
          el("tbody", {}, rows)),
        el("div", { class: "rom-actions" },
          el("button", { type: "button", class: "rom-button rom-main", "data-key": "keep", onclick: () => this.save(this.pending) }, "Keep it"),
          this.button("Leave it as it was", () => this.leave(), { "data-key": "leave" })));
      this.preview.hidden = false;
      this.preview.removeAttribute("aria-busy");
    } catch (error) {
      this.tell(error.message, true);
    }
  }
  leave(fill = true) {
    clearTimeout(this.soon);
    const was = this.mode || this.pending;
    [this.mode, this.hold, this.pending] = [null, null, null];
    this.moved.clear();
    this.preview.hidden = true;
    this.preview.replaceChildren();
    this.stage?.over.replaceChildren();
    this.chart?.over.replaceChildren();
    this.tell("");
    if (was && fill) this.fill();
  }

  async save(corrections) {
    await this.#sent("/correct", { known: this.data.known, corrections }, "Kept.");
  }
  async undo(correction) {
    await this.#sent("/undo", { known: this.data.known, correction }, "Taken back.");
  }
  async #sent(where, body, done) {
    if (this.busy) return;
    this.busy = true;
    this.tell("Measuring again from the landmarks…");
    this.root.setAttribute("aria-busy", "true");
    try {
      const side = this.data.side;
      this.data = await asked(this.address + where, body);
      this.leave(false);
      if (this.data.side !== side || !this.chart) {
        this.chosen = 0;
        this.build();
      }
      this.fill();
      this.tell(done);
    } catch (error) {
      this.tell(error.message, true);
    } finally {
      this.busy = false;
      this.root.removeAttribute("aria-busy");
    }
  }
  tell(words, bad = false) {
    this.said.textContent = words;
    this.said.className = bad ? "review-said rom-trouble" : "review-said";
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !this.clock) return;
    const target = event.target;
    if (target.closest?.("input, select, textarea, summary") || (target.closest("button, a") && [" ", "Enter"].includes(event.key))) return;
    const last = this.data.corrections.filter((one) => !one.undone).at(-1);
    const does = {
      ArrowLeft: () => this.clock.step(event.shiftKey ? -10 : -1),
      ArrowRight: () => this.clock.step(event.shiftKey ? 10 : 1),
      " ": () => this.clock.toggle(),
      k: () => this.clock.pause(),
      l: () => this.clock.play(this.clock.speed > 0 ? Math.min(4, this.clock.speed * 2) : 1),
      j: () => this.clock.play(-1),
      Home: () => this.clock.step(-this.clock.times.length),
      End: () => this.clock.step(this.clock.times.length),
      "[": () => this.next(-1),
      "]": () => this.next(1),
      a: () => this.data.correctable && this.verdict(this.chosen, "accepted"),
      r: () => this.data.correctable && this.verdict(this.chosen, "rejected"),
      m: () => this.data.correctable && this.move(this.chosen),
      p: () => this.data.correctable && this.put(this.chosen),
      u: () => last && this.undo(last.id),
      Escape: () => this.leave(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }
}

function handWords(word) {
  return { accepted: "accepted by hand", moved: "hold moved by hand", landmark: "landmark moved by hand" }[word] ?? word;
}
// How far an arrow key goes: 1, or 10 with Shift; the page's own keys do not hear of it.
function arrow(event, back, on) {
  if (event.key !== back && event.key !== on) return 0;
  event.preventDefault();
  return (event.key === on ? 1 : -1) * (event.shiftKey ? 10 : 1);
}
function dragged(handle, to) {
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) to(event);
  });
}
