package sim

import (
	"encoding/binary"

	"github.com/golang-jwt/jwt/v5"
)

// JWT signs claims, a struct or a map, as a token that looks like the vendor's
// (HS256). The key is made from luck: the same claims and luck give the same
// token, and nobody is meant to trust it.
func JWT(luck uint64, claims jwt.Claims) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(binary.BigEndian.AppendUint64(nil, luck))
}

// Claims are what a JWT says, with the registered ones.
type Claims = jwt.RegisteredClaims

// NumericDate is an instant in a JWT: whole seconds since 1970.
var NumericDate = jwt.NewNumericDate
