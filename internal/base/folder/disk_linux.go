package folder

import "syscall"

// networkDisk names the kind of file system the folder is on, where it is one over the network: there the log of a
// database is not shared as it must be, and locks may be granted twice.
func networkDisk(path string) string {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(path, &disk); err != nil {
		return "" // opening it says why
	}
	return networkKind(int64(disk.Type)) //nolint:unconvert // of 32 bits on some machines
}

// networkKind knows the numbers of statfs(2); of a negative one only the low 32 bits count.
func networkKind(number int64) string {
	switch uint32(number) { //nolint:gosec // the low bits are wanted
	case 0x6969:
		return "NFS"
	case 0xff534d42, 0xfe534d42, 0x517b:
		return "SMB"
	case 0x00c36400:
		return "Ceph"
	case 0x5346414f:
		return "AFS"
	}
	return ""
}
