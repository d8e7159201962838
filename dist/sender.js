export { r as createSender } from "./registry.js";
