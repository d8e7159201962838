export { o as createSender, s as operationLimit } from "./registry.js";
