export { n as addPath, i as exportVariable, a as setOutput } from "./vendor-actions-core.js";
