package channel

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation reads which way up a JPEG is to be shown (EXIF tag 0x0112 of the
// first directory; CIPA DC-008). Phones store what the sensor saw and leave the
// turning to this mark, which goes with the rest of the EXIF data. It is 1 to 8;
// 1, as it stands, where the picture says nothing.
func orientation(jpg []byte) int {
	const upright = 1
	_, tiff, found := bytes.Cut(jpg[:min(len(jpg), 64<<10)], []byte("Exif\x00\x00"))
	if !found || len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[start+2:]
	for n := order.Uint16(tiff[start:]); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}

// turn draws img the way up orientation o says.
func turn(img image.Image, o int) image.Image {
	if o == 1 {
		return img
	}
	from := img.Bounds()
	w, h := from.Dx(), from.Dy()
	size := image.Rect(0, 0, w, h)
	if o >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := source(x, y, w, h, o)
			out.Set(x, y, img.At(from.Min.X+sx, from.Min.Y+sy))
		}
	}
	return out
}

// source is the pixel of a w×h picture that comes to stand at x, y.
func source(x, y, w, h, o int) (sx, sy int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
