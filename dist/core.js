export { n as addPath, r as debug, i as endGroup, a as error, o as exportVariable, s as info, l as setOutput, u as setSecret, d as startGroup, f as warning } from "./vendor-actions-core.js";
