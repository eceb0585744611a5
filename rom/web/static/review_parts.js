// What the review desk and the comparison are made of: elements, one clock for video and chart, the chart, the stage.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "line", "rect", "circle", "text"]);

// An element; text always goes in as text, never as markup.
export function el(tag, attributes = {}, ...children) {
  const made = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function degrees(value, decimals = 1) {
  return value === null || value === undefined ? "–" : `${(Math.round(value * 10) / 10 + 0).toFixed(decimals)}°`;
}
export function span(ends) {
  return ends ? `${degrees(ends[0], 0)} to ${degrees(ends[1], 0)}` : "";
}
export function signOf(motion) {
  return motion === "dorsiflexion" ? 1 : -1;
}

// The angle of the drawn lines, as rom.geometry.dorsiflexion_from_points has it.
export function drawnAngle(points, facing) {
  const [[kx, ky], [ax, ay], [hx, hy], [tx, ty]] = points;
  const [ux, uy, vx, vy] = [kx - ax, ky - ay, tx - hx, ty - hy];
  return (Math.atan2(ux * vx + uy * vy, facing * (ux * vy - uy * vx)) * 180) / Math.PI;
}

export async function asked(address, body) {
  const how = body && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(address, how || {});
  if (answer.ok) return answer.json();
  const said = await answer.text();
  throw new Error(said && !said.startsWith("{") && !said.startsWith("<") ? said : `That did not work (${answer.status}).`);
}

export function whenThere(id, then) {
  const found = document.getElementById(id);
  if (found) return then(found);
  const watch = new MutationObserver(() => {
    const made = document.getElementById(id);
    if (made) {
      watch.disconnect();
      then(made);
    }
  });
  watch.observe(document.documentElement, { childList: true, subtree: true });
}

// One time line: the pictures' own times, a video that follows it, and whoever listens.
export class Clock {
  constructor(times, video) {
    this.times = times;
    this.video = video;
    this.row = 0;
    this.speed = 0;
    this.listeners = [];
    if (video) {
      video.addEventListener("ended", () => this.pause());
      if (video.requestVideoFrameCallback) this.#follow();
      else video.addEventListener("timeupdate", () => this.speed > 0 && this.#at(video.currentTime));
    }
  }
  get time() {
    return this.times[this.row];
  }
  // The middle of a picture's time: half a picture away from where rounding could show its neighbour.
  #middle(row) {
    const after = this.times[row + 1] ?? this.times[row] + (this.times[row] - (this.times[row - 1] ?? 0));
    return (this.times[row] + after) / 2;
  }
  rowAt(time) {
    let low = 0, high = this.times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= time + 1e-4) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  nearest(time) {
    const row = this.rowAt(time);
    const next = Math.min(row + 1, this.times.length - 1);
    return this.times[next] - time < time - this.times[row] ? next : row;
  }
  show(row, seek = true) {
    this.row = Math.max(0, Math.min(this.times.length - 1, row));
    if (seek && this.video) this.video.currentTime = this.#middle(this.row);
    for (const heard of this.listeners) heard(this.row);
  }
  step(by) {
    this.pause();
    this.show(this.row + by);
  }
  play(speed = 1) {
    if (this.row === this.times.length - 1 && speed > 0) this.show(0);
    this.speed = speed;
    if (this.video && speed > 0) {
      this.video.playbackRate = speed;
      this.video.play().catch(() => this.pause());
    } else {
      this.video?.pause();
      this.#run();
    }
    this.#tell();
  }
  pause() {
    if (this.speed === 0) return;
    this.speed = 0;
    this.video?.pause();
    this.show(this.row);
    this.#tell();
  }
  toggle() {
    if (this.speed) this.pause();
    else this.play();
  }
  onstate = () => {};
  #tell() {
    this.onstate(this.speed);
  }
  #at(time) {
    const row = this.rowAt(time);
    if (row !== this.row) this.show(row, false);
  }
  #follow() {
    this.video.requestVideoFrameCallback((_, shown) => {
      if (this.speed > 0) this.#at(shown.mediaTime);
      this.#follow();
    });
  }
  // Without a video, and backwards: as many pictures as time went by.
  #run() {
    const [began, from, speed] = [performance.now(), this.time, this.speed];
    const next = (now) => {
      if (this.speed !== speed) return;
      const time = from + ((now - began) / 1000) * speed;
      const row = this.rowAt(time);
      if (row !== this.row && !this.video?.seeking) this.show(row);
      if (speed < 0 ? time < this.times[0] : time > this.times.at(-1)) this.pause(); // a first `now` may be before `began`
      else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }
}

const PAD = { left: 46, right: 10, top: 24, bottom: 24 };

// The angle over time: a slider to the keyboard, one moving line to the eye.
export class Chart {
  constructor(label, height = 230) {
    this.height = height;
    this.svg = el("svg", { "aria-hidden": "true", height });
    this.line = el("line", { class: "review-cursor", y1: PAD.top, y2: height - PAD.bottom });
    this.area = el("div", { class: "review-chart", role: "slider", tabindex: "0", "aria-label": label }, this.svg);
    this.over = el("div", { class: "review-over" });
    this.box = el("div", { class: "review-chart-box" }, this.area, this.over);
    new ResizeObserver(() => this.draw()).observe(this.box);
  }
  // courses: [{time_s, deg, raw, name}], bands: [{start, end, level, name, class}]
  set(courses, bands, ends) {
    [this.courses, this.bands] = [courses, bands];
    const every = courses.flatMap((one) => one.deg).filter((value) => value !== null);
    const levels = bands.map((band) => band.level).filter((value) => value !== undefined);
    this.low = Math.min(-10, Math.floor((Math.min(...every, ...levels) - 3) / 10) * 10);
    this.high = Math.max(10, Math.ceil((Math.max(...every, ...levels) + 3) / 10) * 10);
    [this.from, this.to] = ends;
    this.draw();
  }
  x(time) {
    return PAD.left + ((time - this.from) / (this.to - this.from)) * (this.width - PAD.left - PAD.right);
  }
  y(angle) {
    return PAD.top + ((this.high - angle) / (this.high - this.low)) * (this.height - PAD.top - PAD.bottom);
  }
  timeAt(clientX) {
    const left = this.box.getBoundingClientRect().left;
    const share = (clientX - left - PAD.left) / (this.width - PAD.left - PAD.right);
    return this.from + Math.max(0, Math.min(1, share)) * (this.to - this.from);
  }
  draw() {
    this.width = this.box.clientWidth;
    if (!this.width || !this.courses) return;
    this.svg.setAttribute("width", this.width);
    this.svg.replaceChildren(...this.#bands(), ...this.#grid(), ...this.#courses(), this.line);
    this.cursor(this.at ?? this.from);
    this.ondrawn();
  }
  ondrawn = () => {};
  #grid() {
    const step = this.high - this.low > 60 ? 20 : 10;
    const made = [];
    for (let angle = Math.ceil(this.low / step) * step; angle <= this.high; angle += step) {
      const y = this.y(angle);
      made.push(el("line", { class: angle ? "review-grid" : "review-zero", x1: PAD.left, x2: this.width - PAD.right, y1: y, y2: y }));
      made.push(el("text", { class: "review-tick", x: PAD.left - 6, y: y + 4, "text-anchor": "end" }, `${angle}°`));
    }
    const length = this.to - this.from;
    const every = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60].find((one) => (one / length) * this.width > 55) ?? 120;
    for (let time = Math.ceil(this.from / every) * every; time <= this.to + 1e-6; time += every) {
      const x = this.x(time);
      made.push(el("text", { class: "review-tick", x, y: this.height - 7, "text-anchor": "middle" }, this.tick(time)));
    }
    return made;
  }
  tick = (time) => `${+time.toFixed(1)} s`;
  #bands() {
    return this.bands.flatMap((band) => {
      const [x1, x2] = [this.x(band.start), this.x(band.end)];
      const made = [el("rect", { class: `review-band ${band.class}`, x: x1, y: PAD.top, width: Math.max(2, x2 - x1), height: this.height - PAD.top - PAD.bottom })];
      if (band.level !== undefined) {
        const y = this.y(band.level);
        made.push(el("line", { class: `review-level ${band.class}`, x1, x2, y1: y, y2: y }));
      }
      if (band.name) made.push(el("text", { class: "review-tick", x: (x1 + x2) / 2, y: PAD.top - 8, "text-anchor": "middle" }, band.name));
      return made;
    });
  }
  #courses() {
    return this.courses.flatMap((one, number) => {
      const made = [];
      if (one.raw) made.push(el("path", { class: "review-raw", d: this.#path(one.time_s, one.raw) }));
      made.push(el("path", { class: `review-course review-course-${number}`, d: this.#path(one.time_s, one.deg) }));
      return made;
    });
  }
  #path(times, values) {
    let path = "", open = false;
    for (let k = 0; k < times.length; k += 1) {
      if (values[k] === null) open = false;
      else {
        path += `${open ? "L" : "M"}${this.x(times[k]).toFixed(1)} ${this.y(values[k]).toFixed(1)}`;
        open = true;
      }
    }
    return path;
  }
  cursor(time) {
    this.at = time;
    if (!this.width) return;
    const x = this.x(Math.max(this.from, Math.min(this.to, time))).toFixed(1);
    this.line.setAttribute("x1", x);
    this.line.setAttribute("x2", x);
  }
  told(now, low, high, words) {
    this.area.setAttribute("aria-valuemin", low);
    this.area.setAttribute("aria-valuemax", high);
    this.area.setAttribute("aria-valuenow", now);
    this.area.setAttribute("aria-valuetext", words);
  }
  scrub(sought) {
    this.area.addEventListener("pointerdown", (event) => {
      this.area.setPointerCapture(event.pointerId);
      sought(this.timeAt(event.clientX));
    });
    this.area.addEventListener("pointermove", (event) => {
      if (this.area.hasPointerCapture(event.pointerId)) sought(this.timeAt(event.clientX));
    });
  }
}

// The picture: the video as far as it shows the recording, and the two lines over it.
export class Stage {
  constructor(data, label) {
    const [width, height] = data.picture;
    [this.width, this.height] = [width, height];
    this.video = data.video
      ? el("video", { src: data.video, muted: true, playsinline: true, preload: "auto", "aria-label": label })
      : null;
    if (this.video) this.video.muted = true;
    this.svg = el("svg", { viewBox: `0 0 ${width} ${height}`, class: "review-lines", role: "img", "aria-label": label });
    this.over = el("div", { class: "review-over" });
    this.box = el("div", { class: "review-stage" }, this.video, this.svg, this.over);
    this.box.style.aspectRatio = `${width} / ${height}`;
    this.box.style.maxWidth = `calc(58vh * ${width / height})`;
    if (this.video) this.svg.setAttribute("aria-hidden", "true");
  }
  lines(points, kind = "") {
    if (!points || points.some((point) => point[0] === null)) return this.svg.replaceChildren();
    const unit = Math.max(this.width, this.height) / 640;
    const [knee, ankle, heel, toe] = points;
    const line = (a, b) => el("line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1], "stroke-width": 3 * unit });
    const dot = (p) => el("circle", { cx: p[0], cy: p[1], r: 4 * unit });
    this.svg.replaceChildren(el("g", { class: kind }, line(knee, ankle), line(heel, toe), ...points.map(dot)));
    return undefined;
  }
  place(clientX, clientY) {
    const box = this.box.getBoundingClientRect();
    const x = ((clientX - box.left) / box.width) * this.width;
    const y = ((clientY - box.top) / box.height) * this.height;
    return [Math.max(0, Math.min(this.width, x)), Math.max(0, Math.min(this.height, y))];
  }
}
