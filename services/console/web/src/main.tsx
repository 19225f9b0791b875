import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startStyles } from "./app/styles";
import { startWords } from "./app/words";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
startStyles();
startWords();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
