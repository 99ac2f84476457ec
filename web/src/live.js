// A form with data-live asks its server for a part of the page again while one types: the answer goes into the element that
// data-into names. Without a script the button of the form asks for the whole page.
for (const form of document.querySelectorAll("form[data-live]")) {
  const into = document.getElementById(form.dataset.into);
  let asked, soon;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(`${form.dataset.live}?${query}`, { signal: asked.signal, redirect: "error" });
      if (answer.ok) into.innerHTML = await answer.text();
    } catch (problem) {
      if (problem.name !== "AbortError") form.querySelector("button").hidden = false; // the button still asks
    }
  };
  form.querySelector("button").hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(ask, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}
