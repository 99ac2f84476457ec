package columnar

import "testing"

func TestHalfTheMachine(t *testing.T) {
	t.Parallel()
	const info = "MemTotal:       24000000 kB\nMemFree:        1000 kB\n"
	for _, c := range []struct{ info, bound, want string }{
		{info, "", "11718MiB"},
		{info, "max\n", "11718MiB"},
		{info, "8589934592\n", "4096MiB"},
		{info, "99999999999999\n", "11718MiB"},
		{"MemTotal: 900000 kB\n", "", "1024MiB"},
		{"", "", "2048MiB"},
		{"", "4294967296", "2048MiB"},
		{"MemTotal: many kB\n", "-1", "2048MiB"},
	} {
		if got := half(c.info, c.bound); got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.info, c.bound, got, c.want)
		}
	}
	d, err := Open(t.Context(), "", Options{MemoryLimit: HalfTheMachine()})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
