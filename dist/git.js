export { r as readGitFacts } from "./facts.js";
