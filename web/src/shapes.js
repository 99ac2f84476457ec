// Shapes that ECharts has no series for. Each takes its series, for settings of its own, and returns the function that
// draws one item of it.

// band is the area between two lines; data items are [x, low, high], x being the index on a category axis. It is drawn
// once, for the first item, as one polygon for every unbroken run of items: a missing value leaves a gap.
function band(series) {
  const rows = series.data;
  const style = series.itemStyle;
  return (params, api) => {
    if (params.dataIndex > 0) {
      return null;
    }
    const runs = [];
    let run = [];
    for (const row of rows) {
      if (row[1] === null || row[2] === null) {
        if (run.length) {
          runs.push(run);
        }
        run = [];
      } else {
        run.push(row);
      }
    }
    if (run.length) {
      runs.push(run);
    }
    return {
      type: "group",
      children: runs.map((points) => polygon(points, api, style)),
    };
  };
}

// polygon goes along the upper edge and back along the lower; a lone point becomes a short bar, so that it is seen.
function polygon(points, api, style) {
  const upper = points.map((p) => api.coord([p[0], p[2]]));
  const lower = points.map((p) => api.coord([p[0], p[1]]));
  if (points.length === 1) {
    const [x, top] = upper[0];
    const bottom = lower[0][1];
    return { type: "rect", shape: { x: x - 3, y: top, width: 6, height: bottom - top }, style };
  }
  return { type: "polygon", shape: { points: upper.concat(lower.reverse()) }, style };
}

// whisker is the interval of one bar as a line with two end caps; data items are [low, high, y], y being the index on
// the category axis.
function whisker(series) {
  const cap = series.cap || 4;
  const style = { fill: "none", lineWidth: 1.5, ...series.itemStyle };
  return (params, api) => {
    if (Number.isNaN(api.value(0)) || Number.isNaN(api.value(1))) {
      return null;
    }
    const [x1, y] = api.coord([api.value(0), api.value(2)]);
    const [x2] = api.coord([api.value(1), api.value(2)]);
    const line = (a, b, c, d) => ({ type: "line", shape: { x1: a, y1: b, x2: c, y2: d }, style });
    return {
      type: "group",
      children: [line(x1, y, x2, y), line(x1, y - cap, x1, y + cap), line(x2, y - cap, x2, y + cap)],
    };
  };
}

export const shapes = { band, whisker };
