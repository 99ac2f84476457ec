package channel_test

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"regulars/internal/base/channel"
	"regulars/internal/base/channel/channeltest"
	"regulars/internal/base/fault"
)

func pusher(t *testing.T, allow []netip.Prefix) *channel.Pusher {
	t.Helper()
	key, err := channel.NewPushKey()
	if err != nil {
		t.Fatal(err)
	}
	return &channel.Pusher{Client: channel.Guarded(channel.HTTPOptions{Allow: allow, Timeout: 2 * time.Second}), Key: key, Contact: "https://cafe.example"}
}

func TestAPhoneReadsWhatIsPushed(t *testing.T) {
	t.Parallel()
	service := channeltest.ServePushes(t)
	phone, p := service.Subscribe(), pusher(t, loopback)
	if err := phone.Check(loopback); err != nil {
		t.Fatal(err)
	}
	service.Next(channeltest.Answer{Status: http.StatusCreated}, channeltest.Answer{Status: http.StatusTooManyRequests, RetryAfter: "120"}, channeltest.Answer{Status: http.StatusGone})
	long := strings.Repeat("я", channel.PushMost/2)
	var answers []channel.PushAnswer
	for _, text := range []string{"Hello, Ольга", long, ""} {
		a, err := p.Send(t.Context(), &phone.PushTo, channel.Push{Text: []byte(text), Life: time.Hour, Urgent: text == "", Topic: "t"})
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if a := answers; !a[0].Taken() || a[0].Passing() || a[1].Taken() || !a[1].Passing() || a[1].RetryAfter != 2*time.Minute || !a[2].Gone() || a[2].Passing() {
		t.Errorf("%+v", answers)
	}
	taken := service.Taken()
	if len(taken) != 3 || taken[0].Text != "Hello, Ольга" || taken[1].Text != long || taken[2].Text != "" {
		t.Fatalf("%d", len(taken))
	}
	public, err := p.Key.Public()
	if err != nil {
		t.Fatal(err)
	}
	h := taken[0].Header
	if taken[0].Key != public || taken[0].Claims["sub"] != "https://cafe.example" || h.Get("TTL") != "3600" || h.Get("Urgency") != "" || h.Get("Topic") != "t" || taken[2].Header.Get("Urgency") != "high" {
		t.Errorf("%s %v %v", taken[0].Key, taken[0].Claims, h)
	}
	if _, err := p.Send(t.Context(), &phone.PushTo, channel.Push{Text: make([]byte, channel.PushMost+1)}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a message that no service has to take is sent: %v", err)
	}
	p.Contact = "http://localhost"
	if _, err := p.Send(t.Context(), &phone.PushTo, channel.Push{}); err != nil || service.Taken()[3].Claims["sub"] != nil {
		t.Errorf("%v, %v", service.Taken()[3].Claims, err)
	}
}

func TestAKeyForPushIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	key, err := channel.NewPushKey()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := key.Bytes()
	if err != nil || len(raw) != 32 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	again, err := channel.ParsePushKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	one, err1 := key.Public()
	two, err2 := again.Public()
	if one != two || len(one) != 87 || err1 != nil || err2 != nil {
		t.Errorf("%s %s, %v %v", one, two, err1, err2)
	}
	if _, err := channel.ParsePushKey(raw[1:]); err == nil {
		t.Error("a part of a key is a key")
	}
}

func TestWhatNoBrowserSaysIsRefused(t *testing.T) {
	t.Parallel()
	service := channeltest.ServePushes(t)
	good := service.Subscribe().PushTo
	for what, change := range map[string]func(to *channel.PushTo){
		"a key of another size":    func(to *channel.PushTo) { to.Key = to.Key[1:] },
		"a point off the curve":    func(to *channel.PushTo) { to.Key = append([]byte{4}, make([]byte, 64)...) },
		"no secret":                func(to *channel.PushTo) { to.Secret = nil },
		"a network that is nobody": func(to *channel.PushTo) { to.Endpoint = "https://10.0.0.1/x" },
		"no address":               func(to *channel.PushTo) { to.Endpoint = "push" },
	} {
		to := good
		change(&to)
		if err := to.Check(loopback); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Without the operator's word neither this machine nor plain HTTP is reached.
	var f *fault.Fault
	if err := good.Check(nil); !errors.As(err, &f) || f.Code != "address_plain" || f.Field != "endpoint" {
		t.Errorf("%v", err)
	}
	if _, err := pusher(t, nil).Send(t.Context(), &good, channel.Push{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	if len(service.Taken()) != 0 {
		t.Error("it was reached all the same")
	}
}

func TestASecretEndpointIsNotInAnError(t *testing.T) {
	t.Parallel()
	service := channeltest.ServePushes(t)
	to := service.Subscribe().PushTo
	service.Close()
	_, err := pusher(t, loopback).Send(t.Context(), &to, channel.Push{})
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "/push/") {
		t.Errorf("%v", err)
	}
}

func TestWhenToAskAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, "-5": 0, "9999999": 24 * time.Hour, "soon": 0,
		"Fri, 27 Nov 2026 12:10:00 GMT": 10 * time.Minute, "Fri, 27 Nov 2026 11:00:00 GMT": 0, "Fri, 27 Nov 2027 11:00:00 GMT": 24 * time.Hour,
	} {
		if got := channel.RetryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}
