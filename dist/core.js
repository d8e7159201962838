export { n as addPath, r as debug, i as endGroup, a as error, o as exportVariable, s as info, c as setOutput, l as setSecret, u as startGroup, d as warning } from "./vendor-actions-core.js";
