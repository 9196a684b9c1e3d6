package staff

import (
	"github.com/boombuler/barcode/qr"

	"helpline"
)

// Picture draws a text, such as a link or the secret of an app, for a camera:
// rows of squares, true is dark. Internal when the text is too long.
func Picture(text string) ([][]bool, error) {
	b, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "draw a text for a camera: it cannot be drawn")
	}
	side := b.Bounds().Dx()
	rows := make([][]bool, side)
	for y := range rows {
		rows[y] = make([]bool, side)
		for x := range rows[y] {
			red, _, _, _ := b.At(x, y).RGBA()
			rows[y][x] = red < 1<<15
		}
	}
	return rows, nil
}
