export { c as askedWait, l as backoff, u as errorCodes, d as isLostSocket, f as isOverload, p as isTemporary, m as maxTries, h as maxWait, g as triesAfter } from "./registry.js";
