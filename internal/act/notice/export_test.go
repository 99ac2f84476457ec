package notice

// Woken is how long it is until somebody may be woken.
var Woken = woken
