export { i as askedWait, a as backoff, o as errorCodes, s as isLostSocket, c as isTemporary, l as maxTotalWait, u as maxTries, d as maxWait, f as triesAfter } from "./registry.js";
