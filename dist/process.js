export { H as planDaemonProcess, U as probeProcess, W as processAddress, G as processLog, K as socketIn } from "./shared.js";
