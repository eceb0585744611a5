// Two examinations beside each other: a repetition of each, aligned, played together, their curves in one chart.

import { asked, Chart, Clock, degrees, el, signOf, Stage, whenThere } from "./review_parts.js";

// So much is shown before and after a hold, seconds.
const AROUND_S = 1;
const DRIFT_S = 0.12;

whenThere("compare", (root) => new Compare(root).load());

class Compare {
  constructor(root) {
    this.root = root;
    this.stretched = false;
    this.share = 0;
    this.playing = false;
  }
  async load() {
    const ids = [this.root.dataset.one, this.root.dataset.other];
    try {
      this.exams = await Promise.all(ids.map((id) => asked(`/desk/exam/${id}/told`)));
    } catch (error) {
      this.root.replaceChildren(el("p", { role: "alert", class: "rom-trouble" }, error.message));
      return;
    }
    this.pair = this.exams.map((data) => ({ data, repetitions: repetitionsOf(data) }));
    if (this.pair.some((one) => !one.data.track || !one.repetitions.length)) {
      this.root.replaceChildren(el("p", { class: "rom-note" }, "No repetition was found in one of them, so there is nothing to align; the values stand below."));
      return;
    }
    this.build();
    document.addEventListener("keydown", (event) => this.key(event));
    this.root.dataset.ready = "yes";
  }
  build() {
    const chosen = largest(this.pair[0]);
    this.pair.forEach((one, number) => {
      one.name = `${one.data.side === "left" ? "Left" : "Right"}, ${one.data.day}`;
      one.stage = new Stage(one.data, `The recording: ${one.name}`);
      one.clock = new Clock(one.data.track.time_s, one.stage.video);
      one.clock.listeners.push((row) => one.stage.lines(one.data.drawn ? null : one.data.track.points_px[row]));
      one.chosen = number ? largest(one, one.repetitions.length && this.pair[0].repetitions[chosen].motion) : chosen;
      one.select = el("select", { onchange: (event) => this.choose(number, Number(event.target.value)) },
        one.repetitions.map((repetition, row) => el("option", { value: row, selected: row === one.chosen }, repetition.name)));
    });
    this.chart = new Chart("Time in both repetitions", 260);
    this.chart.scrub((time) => {
      this.stop();
      this.show(time);
    });
    this.now = el("p", { class: "review-now", "aria-hidden": "true" });
    this.played = el("button", { type: "button", class: "rom-button rom-calm review-small", onclick: () => this.toggle() }, "Play both");
    this.said = el("p", { role: "status", class: "review-said" });
    const align = el("label", { class: "review-tick-box" }, el("span", {}, "Aligned"),
      el("select", { onchange: (event) => { this.stretched = event.target.value === "stretched"; this.align(); } },
        el("option", { value: "peak" }, "in the middle of the hold"), el("option", { value: "stretched" }, "stretched to the same length")));
    this.root.replaceChildren(
      el("div", { class: "compare-pair" }, this.pair.map((one, number) => el("figure", {},
        el("figcaption", {}, el("span", { class: `compare-key compare-key-${number}` }), el("b", {}, one.name)),
        one.stage.box, el("label", { class: "rom-entry" }, el("span", {}, `Repetition: ${one.name}`), one.select)))),
      el("div", { class: "review-bar" }, this.played, this.now, align), this.chart.box, this.said,
      el("p", { class: "rom-note" }, "Keys: ← → one picture, with Shift ten; Space plays and stops; Home, End."));
    this.align();
  }
  choose(number, row) {
    this.pair[number].chosen = row;
    const [one, other] = this.pair.map((each) => each.repetitions[each.chosen]);
    this.said.textContent = one.motion === other.motion ? "" : "These are the ends of two different motions.";
    this.align();
  }
  // Each recording's time is `from + slope * share`: seconds about the hold's middle, or per cent of the repetition.
  align() {
    this.stop();
    const windows = this.pair.map((one) => {
      const { start_s, end_s } = one.repetitions[one.chosen];
      return [start_s - AROUND_S, end_s + AROUND_S, (start_s + end_s) / 2];
    });
    this.pair.forEach((one, number) => {
      const [start, end, middle] = windows[number];
      [one.from, one.slope] = this.stretched ? [start, (end - start) / 100] : [middle, 1];
    });
    this.ends = this.stretched ? [0, 100] : [Math.min(...windows.map(([start, , middle]) => start - middle)), Math.max(...windows.map(([, end, middle]) => end - middle))];
    this.chart.tick = this.stretched ? (share) => `${Math.round(share)} %` : (share) => `${+share.toFixed(1)} s`;
    const courses = this.pair.map((one) => {
      const shares = one.data.track.time_s.map((time) => (time - one.from) / one.slope);
      const inside = shares.map((share, row) => row).filter((row) => shares[row] >= this.ends[0] && shares[row] <= this.ends[1]);
      return { time_s: inside.map((row) => shares[row]), deg: inside.map((row) => one.data.track.smooth_deg[row]) };
    });
    const bands = this.pair.map((one, number) => {
      const { start_s, end_s, motion, value_deg } = one.repetitions[one.chosen];
      return { start: (start_s - one.from) / one.slope, end: (end_s - one.from) / one.slope, level: signOf(motion) * value_deg, class: number ? "compare-other" : "" };
    });
    this.chart.set(courses, bands, this.ends);
    this.show(this.stretched ? 50 : 0);
  }
  show(share, seek = true) {
    this.share = Math.max(this.ends[0], Math.min(this.ends[1], share));
    const angles = this.pair.map((one) => {
      const row = one.clock.nearest(one.from + one.slope * this.share);
      one.clock.show(row, seek);
      return one.data.track.smooth_deg[row];
    });
    const apart = angles.includes(null) ? "not seen in both" : `${degrees(angles[0])} and ${degrees(angles[1])}, ${degrees(angles[1] - angles[0])} apart`;
    const at = this.chart.tick(Math.round(this.share * 100) / 100);
    this.now.textContent = `${at} · ${apart}`;
    this.chart.cursor(this.share);
    this.chart.told(this.share.toFixed(2), this.ends[0].toFixed(2), this.ends[1].toFixed(2), `${at}, ${apart}`);
  }
  // By pictures of the first recording.
  step(by) {
    this.stop();
    const [one] = this.pair;
    const row = Math.max(0, Math.min(one.clock.times.length - 1, one.clock.nearest(one.from + one.slope * this.share) + by));
    this.show((one.clock.times[row] - one.from) / one.slope);
  }
  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }
  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.pair.forEach((one) => one.stage.video?.pause());
    this.played.textContent = "Play both";
    this.show(this.share);
  }
  // The first recording plays at its own speed, the other as its stretch has it; who drifts is put back.
  play() {
    if (this.share >= this.ends[1] - 1e-3) this.show(this.ends[0]);
    this.playing = true;
    this.played.textContent = "Stop";
    const [began, share] = [performance.now(), this.share];
    const per_s = 1 / this.pair[0].slope;
    for (const one of this.pair) {
      if (!one.stage.video) continue;
      one.stage.video.playbackRate = Math.max(0.1, Math.min(8, one.slope * per_s));
      one.stage.video.play().catch(() => this.stop());
    }
    const next = (now) => {
      if (!this.playing) return;
      const at = share + ((now - began) / 1000) * per_s;
      this.show(at, false);
      for (const { stage: { video }, from, slope } of this.pair) {
        const time = from + slope * at;
        if (video && !video.seeking && Math.abs(video.currentTime - time) > DRIFT_S) video.currentTime = time;
      }
      if (at >= this.ends[1]) this.stop();
      else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }
  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea") || (event.target.closest("button, a") && [" ", "Enter"].includes(event.key))) return;
    const does = {
      ArrowLeft: () => this.step(event.shiftKey ? -10 : -1),
      ArrowRight: () => this.step(event.shiftKey ? 10 : 1),
      " ": () => this.toggle(),
      k: () => this.stop(),
      l: () => this.playing || this.play(),
      Home: () => this.show(this.ends[0]),
      End: () => this.show(this.ends[1]),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }
}

function repetitionsOf(data) {
  return data.results.filter((result) => result.side === data.side).flatMap((result) => result.repetitions.map((one, number) => ({
    ...one, motion: result.motion, name: `${result.name} ${number + 1}, ${degrees(one.value_deg)}${one.used ? "" : " (does not count)"}`,
  })));
}
// The largest repetition that counts, of a motion.
function largest(one, motion) {
  const rows = one.repetitions.map((_, row) => row).filter((row) => !motion || one.repetitions[row].motion === motion);
  const counted = rows.filter((row) => one.repetitions[row].used);
  const from = counted.length ? counted : rows.length ? rows : [0];
  const first = one.repetitions[from[0]].motion;
  return from.filter((row) => one.repetitions[row].motion === first)
    .reduce((best, row) => (one.repetitions[row].value_deg > one.repetitions[best].value_deg ? row : best));
}
