package publish

import "syscall"

// fullDisk are the errors of a disk that is full: Windows'
// ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
var fullDisk = []error{syscall.Errno(39), syscall.Errno(112)}
