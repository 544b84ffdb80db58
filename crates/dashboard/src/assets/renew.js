// Loads the page again when a run began, was judged or went, or when alerts changed. Not while
// somebody writes into a form or has marked text: what they do would be lost.
"use strict";

(() => {
  const PAUSE_MS = 5000;
  const shown = document.querySelector('meta[name="tollgate-edition"]')?.content;
  // Of a page that no run can change.
  if (!shown) return;

  const isBusy = () => {
    const at = document.activeElement;
    return (at && at.matches("input, select, textarea")) || String(getSelection()) !== "";
  };

  const look = async () => {
    if (document.hidden || isBusy()) return;
    try {
      const answer = await fetch("/api/version", { cache: "no-store" });
      const { edition } = await answer.json();
      if (edition !== shown) location.reload();
    } catch {
      // The server is gone or starting: the next look will tell.
    }
  };

  setInterval(look, PAUSE_MS);
  document.addEventListener("visibilitychange", look);
})();
