// The charts of Regulars, drawn by ECharts as SVG text. This file is bundled into one script that runs in the
// JavaScript engine inside the program, where there is no browser: no window, no document, no canvas.
//
// It defines one global function, regularsChart(optionJSON, width, height), which returns the SVG as a string. The
// option is plain JSON. What JSON cannot hold, functions, is named in it and put in place here: see revive.

import "./stubs.js";
import * as echarts from "echarts/core";
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { setPlatformAPI } from "echarts/core";
import { textWidth } from "./text.js";
import { shapes } from "./shapes.js";

echarts.use([
  BarChart,
  CustomChart,
  GridComponent,
  HeatmapChart,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
]);

setPlatformAPI({
  createCanvas: () => null,
  measureText: (text, font) => ({ width: textWidth(text, font) }),
});

// revive turns the names of functions into functions: a custom series names its shape, an axis with its own labels
// carries them as a table from value to text.
function revive(option) {
  for (const series of [].concat(option.series || [])) {
    if (series.type === "custom") {
      const shape = shapes[series.shape];
      if (!shape) {
        throw new Error("no shape named " + series.shape);
      }
      series.renderItem = shape(series);
    }
  }
  for (const axis of [].concat(option.xAxis || [], option.yAxis || [])) {
    const texts = axis.axisLabel && axis.axisLabel.texts;
    if (texts) {
      axis.axisLabel.formatter = (value) => (texts[value] === undefined ? "" : texts[value]);
    }
  }
  return option;
}

globalThis.regularsChart = (json, width, height) => {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(revive(JSON.parse(json)));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
};
