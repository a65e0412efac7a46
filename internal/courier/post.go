package courier

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"

	"jiesu/internal/desk"
)

// post sends a body and reads the answer. Where there is none, the result says why
// without the address, which may hold a key or a number.
func post(ctx context.Context, client *http.Client, address string, header http.Header, body []byte) (status int, answer []byte, failed *Result) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, &Result{Outcome: desk.PeerRefused, Detail: "the address cannot be read"}
	}
	maps.Copy(r.Header, header)
	res, err := client.Do(r)
	if err != nil {
		none := unanswered(err)
		return 0, nil, &none
	}
	answer, err = io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return res.StatusCode, nil, &Result{Outcome: desk.NobodyKnows, Status: res.StatusCode, Detail: "the answer broke off"}
	}
	return res.StatusCode, answer, nil
}
