export { t as completeFacts, n as readJobFacts } from "./facts.js";
