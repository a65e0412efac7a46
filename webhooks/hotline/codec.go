package hotline

import (
	"encoding/json"
	"errors"
	"time"
)

// ParseOrder reads a canonical order. What is read and breaks a rule is [FieldErrors].
func ParseOrder(data []byte) (Order, error) {
	o, err := parse[Order](data)
	if err == nil {
		err = o.Check()
	}
	return o, err
}

// ParseAct reads a canonical act. What is read and breaks a rule is [FieldErrors].
func ParseAct(data []byte) (Act, error) {
	a, err := parse[Act](data)
	if err == nil {
		err = a.Check()
	}
	return a, err
}

// ParseOp reads a canonical operation. What is read and breaks a rule is [FieldErrors].
func ParseOp(data []byte) (Op, error) {
	o, err := parse[Op](data)
	if err == nil {
		err = o.Check()
	}
	return o, err
}

// parse reads JSON. What it says of data that cannot be read names a field at most:
// the words of encoding/json quote values.
func parse[T any](data []byte) (v T, err error) {
	err = json.Unmarshal(data, &v)
	var clock *time.ParseError
	wrong, is := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case err == nil:
		return v, nil
	case is:
		return v, FieldErrors{{wrong.Field, "格式不正确"}}
	case errors.As(err, &clock):
		return v, FieldErrors{{"time", "不是带时区的日期时间"}}
	case errors.Is(err, errNumber):
		return v, FieldErrors{{"number", "编号须写成文字或整数"}}
	default:
		return v, FieldErrors{{"json", "不是可以读取的 JSON"}}
	}
}
