import renderMathInElement from "katex/contrib/auto-render";
renderMathInElement(document.body, { throwOnError: true });
