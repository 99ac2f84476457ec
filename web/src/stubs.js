// What ECharts expects to find and the engine inside the program does not have. Nothing is ever animated or waited
// for there, so a timer that never fires is enough.
globalThis.setTimeout = globalThis.setTimeout || (() => 0);
globalThis.clearTimeout = globalThis.clearTimeout || (() => {});
