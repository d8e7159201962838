export { U as planDaemonProcess, W as probeProcess, G as processAddress, K as processLog, q as socketIn } from "./shared.js";
