export { C as checkRemoteTls } from "./shared.js";
