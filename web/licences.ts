// Stands at the head of scripts that are built: the licences of what they hold ask for it.
const kWords = "MIT License, https://opensource.org/license/mit";
const kUplot = "uPlot, Copyright (c) 2022 Leon Sorokin";
const kPreact = "Preact, Copyright (c) 2015-present Jason Miller";

export const kReportBanner = `/*! Holds ${kUplot}; ${kWords} */`;
export const kPageBanner = `/*! Part of a page that holds ${kPreact}, and ${kUplot}; ${kWords} */`;
