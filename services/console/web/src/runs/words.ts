import { en } from "./en";
import { zh } from "./zh";

/** The words of the run explorer and of the visitor's page. */
export const runsWords = { zh, en };
