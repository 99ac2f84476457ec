package api

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"regulars/internal/base/fault"
)

// Rate is how many requests one key or person may make.
type Rate struct {
	PerSecond float64 // on the long run; 0: 500
	Burst     int     // at once; 0: ten seconds' worth
}

// limits are token buckets, one for each who asks. They are this process's own: with several processes each gives out
// its share, so that no request waits for a database.
type limits struct {
	rate   Rate
	shares func() int
	clock  func() time.Time

	lock    sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	tokens float64
	filled time.Time
}

const (
	defaultRate  = 500
	burstSeconds = 10
	sweepEvery   = time.Minute
)

func newLimits(rate Rate, shares func() int) *limits {
	if rate.PerSecond == 0 {
		rate.PerSecond = defaultRate
	}
	if rate.Burst == 0 {
		rate.Burst = int(math.Ceil(burstSeconds * rate.PerSecond))
	}
	if shares == nil {
		shares = func() int { return 1 }
	}
	return &limits{rate: rate, shares: shares, clock: time.Now, buckets: map[string]*bucket{}}
}

// take takes one request out of the bucket of whoever asks, and says in the header how many are left.
func (l *limits) take(head http.Header, who string) error {
	shares := float64(max(l.shares(), 1))
	rate, most := l.rate.PerSecond/shares, math.Max(float64(l.rate.Burst)/shares, 1)
	l.lock.Lock()
	now := l.clock()
	l.sweep(now, rate, most)
	b := l.buckets[who]
	if b == nil {
		b = &bucket{tokens: most, filled: now}
		l.buckets[who] = b
	}
	b.tokens = math.Min(most, b.tokens+now.Sub(b.filled).Seconds()*rate)
	b.filled = now
	ok := b.tokens >= 1
	if ok {
		b.tokens--
	}
	left := b.tokens
	l.lock.Unlock()

	full := time.Duration((most - left) / rate * float64(time.Second))
	head.Set("RateLimit-Policy", `"requests";q=`+strconv.Itoa(int(most))+`;w=`+seconds(time.Duration(most/rate*float64(time.Second))))
	head.Set("RateLimit", `"requests";r=`+strconv.Itoa(int(left))+`;t=`+seconds(full))
	if ok {
		return nil
	}
	wait := time.Duration((1 - left) / rate * float64(time.Second))
	head.Set("Retry-After", seconds(max(wait, time.Second)))
	return fault.Coded(codeTooMany, fault.Unavailablef("too many requests: %g a second may be made on the long run; wait %s s, or send many facts at once to /v1/bulk",
		l.rate.PerSecond, seconds(max(wait, time.Second))))
}

// any refuses whoever has no request left, and takes none.
func (l *limits) any(who string) error {
	shares := float64(max(l.shares(), 1))
	rate, most := l.rate.PerSecond/shares, math.Max(float64(l.rate.Burst)/shares, 1)
	l.lock.Lock()
	defer l.lock.Unlock()
	b := l.buckets[who]
	if b == nil {
		return nil
	}
	tokens := math.Min(most, b.tokens+l.clock().Sub(b.filled).Seconds()*rate)
	if tokens >= 1 {
		return nil
	}
	return fault.Coded("too_many_tries", fault.Unavailablef("too many codes that are none; wait %s s and compare the code sign by sign",
		seconds(max(time.Duration((1-tokens)/rate*float64(time.Second)), time.Second))))
}

// sweep forgets whose bucket is full again.
func (l *limits) sweep(now time.Time, rate, most float64) {
	if now.Sub(l.swept) < sweepEvery {
		return
	}
	l.swept = now
	for who, b := range l.buckets {
		if b.tokens+now.Sub(b.filled).Seconds()*rate >= most {
			delete(l.buckets, who)
		}
	}
}

// seconds rounds up.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
