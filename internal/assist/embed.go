package assist

import (
	"context"
	"math"

	"jiesu/internal/seal"
)

// maxDimensions bounds the memory one vector may take.
const maxDimensions = 4096

// embed asks for the vectors of texts, in their order and of length one.
func (c *Client) embed(ctx context.Context, texts []string) ([][]float32, error) {
	request := struct {
		Model string   `json:"model"`
		Input []string `json:"input"`
	}{c.o.Embedding, texts}
	var answer struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := c.post(ctx, "/embeddings", request, &answer, maxVectors); err != nil {
		return nil, err
	}
	if len(answer.Data) != len(texts) {
		return nil, errNonsense
	}
	vectors := make([][]float32, len(texts))
	size := len(answer.Data[0].Embedding)
	for _, d := range answer.Data {
		if d.Index < 0 || d.Index >= len(texts) || vectors[d.Index] != nil || len(d.Embedding) != size || size > maxDimensions || !unit(d.Embedding) {
			return nil, errNonsense
		}
		vectors[d.Index] = d.Embedding
	}
	return vectors, nil
}

// embedQuestion asks for the vector of one question, which is sent masked.
func (c *Client) embedQuestion(ctx context.Context, question string) ([]float32, error) {
	var vectors [][]float32
	err := c.query.do(ctx, func(ctx context.Context) (err error) {
		vectors, err = c.embed(ctx, []string{clip(seal.Mask(question), maxQuoted)})
		return err
	})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// unit brings v to length one; it reports false where v has no direction.
func unit(v []float32) bool {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	length := math.Sqrt(sum)
	if length == 0 || math.IsInf(length, 0) || math.IsNaN(length) {
		return false
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / length)
	}
	return true
}
