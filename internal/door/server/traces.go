package server

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"

	"regulars/internal/base/fault"
)

// sendTraces sends a trace of each request to where OTEL_EXPORTER_OTLP_ENDPOINT says.
func (s *Server) sendTraces(ctx context.Context) error {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return fault.Invalidf("traces cannot be sent as the OTEL_ variables say: %w", err)
	}
	// OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES add to it.
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return fault.Invalidf("traces cannot be sent as the OTEL_ variables say: %w", err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))
	otel.SetTracerProvider(provider)
	s.end = append(s.end, func() error { //nolint:contextcheck // the context that it was started with has ended by then
		const most = 3 * time.Second
		ctx, cancel := context.WithTimeout(context.Background(), most)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			s.o.Log.Warn("the last traces could not be sent", "error", err.Error())
		}
		return nil
	})
	return nil
}
